import { describe, expect, test } from 'vitest'
import { metadataUrl, protectedResourceAt, resourceUri } from './protected-resource'

const configured = { publicUrl: 'https://gate.example', issuer: 'https://id.example', local: false }
const well = '/.well-known/oauth-protected-resource'

const places: [guarantee: string, path: string, resource: string | null][] = [
  ['one connection has its own metadata', `${well}/mcp/shop`, 'https://gate.example/mcp/shop'],
  ['a client that knows no path form finds the root form', well, 'https://gate.example/mcp'],
  ['the endpoint of all connections has metadata', `${well}/mcp`, 'https://gate.example/mcp'],
  ['a name is taken as it is written in an address', `${well}/mcp/a%20b`, 'https://gate.example/mcp/a%20b'],
  ['another path has none', `${well}/api`, null],
  ['a deeper path has none', `${well}/mcp/shop/x`, null],
  ['an empty name has none', `${well}/mcp/`, null],
  ['a longer well-known name is another document', `${well}-x`, null],
  ['a name that cannot be decoded has none', `${well}/mcp/%ff`, null],
]
describe('metadata of RFC 9728', () => {
  for (const [guarantee, path, resource] of places)
    test(guarantee, () => expect(protectedResourceAt(path, configured)?.resource ?? null).toBe(resource))

  test('it names the issuer and the header, and nothing a foreign issuer might not know', () =>
    expect(protectedResourceAt(`${well}/mcp/shop`, configured)).toEqual({
      resource: 'https://gate.example/mcp/shop',
      authorization_servers: ['https://id.example'],
      bearer_methods_supported: ['header'],
      resource_name: 'Sallyport: shop',
    }))

  test('in local mode it names the scope that the local issuer knows', () =>
    expect(protectedResourceAt(well, { ...configured, local: true })).toMatchObject({ scopes_supported: ['mcp'] }))

  test('the challenge leads to the metadata of the very resource', () => {
    const path = metadataUrl(configured.publicUrl, 'a b').slice(configured.publicUrl.length)
    expect(protectedResourceAt(path, configured)?.resource).toBe(resourceUri(configured.publicUrl, 'a b'))
  })
})
