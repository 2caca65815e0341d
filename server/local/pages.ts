import { createHash } from 'node:crypto'
import { style } from './pages-style'
import type { LocalPerson } from './people-accounts'

/** HTML whose inserted values are escaped. */
export type Markup = { markup: string }

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '')

type Value = string | Markup | Markup[]

function html(parts: TemplateStringsArray, ...values: Value[]): Markup {
  const shown = (value: Value | undefined): string => {
    if (value === undefined) return ''
    if (typeof value === 'string') return escaped(value)
    return Array.isArray(value) ? value.map((item) => item.markup).join('') : value.markup
  }
  return { markup: parts.map((part, at) => part + shown(values[at])).join('') }
}

/** For markup that a library made. */
const trusted = (markup: string): Markup => ({ markup })

const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const submit = `document.getElementById('op.logoutForm').submit()`

/** No `form-action`: browsers apply it to the redirect that follows a form, and that one goes back to the client. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src ${sha(style)}; font-src 'self'; script-src ${sha(submit)}; base-uri 'none'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // With `no-referrer` a browser would send `Origin: null` with the form.
  'referrer-policy': 'same-origin',
}

const frame = (title: string, body: Markup): string => `<!doctype html>
${
  html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Sallyport</title>
<style>${trusted(style)}</style>
</head>
<body>
<main>
<p class="mode"><strong>Sallyport</strong> <b>Local mode</b></p>
${body}
</main>
</body>
</html>`.markup
}
`

const noPasswords = html`<p class="note">This is local mode: there are no passwords, and anyone on this machine can be any of these people. With <code>OIDC_ISSUER</code> set, people sign in at your identity provider and this page does not exist.</p>`

const cancel = html`<button class="button" name="cancel" value="yes">Cancel</button>`

/** What asks for a sign-in. `resources` are the URIs its token will work for; none for the console. */
export type Asking = { client: string; redirectHost: string; resources: string[]; isConsole: boolean }

export const peoplePage = (people: LocalPerson[], asking: Asking): string =>
  frame(
    'Sign in',
    html`<h1>Who do you want to be?</h1>
<p>${asking.isConsole ? html`You sign in to the console.` : html`<strong>${asking.client}</strong> will act for the one you choose.`}</p>
<form method="post" data-step="person">
<ul class="people">${people.map(
      (
        person,
        at,
      ) => html`<li><button class="person" name="person" value="${person.id}"${at === 0 ? html` autofocus` : ''}>
<span class="name">${person.id}</span><span class="does">${person.does}</span><span class="group">${person.groups.join(', ') || 'no groups'}</span>
</button></li>`,
    )}</ul>
<div class="actions">${cancel}</div>
</form>
${noPasswords}`,
  )

export const consentPage = (person: LocalPerson, asking: Asking): string =>
  frame(
    'Allow access',
    html`<h1>Let ${asking.client} act as ${person.id}?</h1>
<p>Each call is still decided by the roles of ${person.id}.</p>
<dl>
<div><dt>Program</dt><dd>${asking.client} <span>(so it says of itself)</span></dd></div>
<div><dt>May call</dt><dd>${asking.resources.length === 0 ? 'nothing; it learns the name and groups' : asking.resources.map((uri) => html`<code>${uri}</code> `)}</dd></div>
<div><dt>Token goes to</dt><dd><code>${asking.redirectHost}</code></dd></div>
</dl>
<form method="post" data-step="consent">
<input type="hidden" name="person" value="${person.id}">
<div class="actions"><button class="button main" name="consent" value="allow" autofocus>Allow as ${person.id}</button>${cancel}</div>
</form>
${noPasswords}`,
  )

/** A page that only says something and leads back to the console. */
export const messagePage = (title: string, message: string): string =>
  frame(
    title,
    html`<h1>${title}</h1>
<p>${message}</p>
<div class="actions"><a class="button main" href="/">Open the console</a></div>`,
  )

/** Ends the session here as well. `form` is the library's; the script sends it when the console asked, else a person does. */
export const signOutPage = (form: string, asked: boolean): string =>
  frame(
    'Sign out',
    html`<h1>Sign out</h1>
<p>${asked ? 'One moment.' : 'This ends your sign-in of local mode.'}</p>
${trusted(form)}
<input type="hidden" form="op.logoutForm" name="logout" value="yes">
<div class="actions"><button class="button main" form="op.logoutForm" autofocus>Sign out</button></div>
${asked ? html`<script>${trusted(submit)}</script>` : ''}`,
  )
