export const themeCookie = 'sallyport-theme'
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const themeOf = (value: string | undefined): Theme => themes.find((theme) => theme === value) ?? 'system'

export const railCookie = 'sallyport-rail'

/** How somebody likes the console, for a year. The server reads it with the first byte, so that nothing flashes. */
export function remember(name: typeof themeCookie | typeof railCookie, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`
}

export function applyTheme(theme: Theme): void {
  remember(themeCookie, theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
