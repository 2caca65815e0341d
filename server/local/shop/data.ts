/** Believable people and orders of a small shop, the same on every machine. All of them are invented. */

export type Customer = {
  id: number
  name: string
  email: string
  phone: string
  ssn: string
  city: string
  since: string
}
export type Order = { id: number; customerId: number; item: string; amount: number; status: string; placedAt: string }
export type PaymentMethod = { id: number; customerId: number; cardNumber: string; expires: string }

const given = 'Ada Bruno Chiara Dmitri Elif Farid Greta Hugo Ines Jonas Kiri Liam Mina Noor Otto Priya'.split(' ')
const family = 'Almeida Brandt Castillo Dube Eriksen Fontaine Garcia Haddad Ivanov Jensen Kowalski Lindqvist'.split(' ')
const cities = 'Lisbon Hamburg Oslo Porto Leeds Lyon Utrecht Turin Gdansk Ghent'.split(' ')
const items = [
  ['Travel kettle', 34.9],
  ['Wool blanket', 89],
  ['Desk lamp', 59.5],
  ['Espresso grinder', 219],
  ['Notebook, dotted', 12.4],
  ['Rain jacket', 149],
  ['Cast iron pan', 64],
  ['Reading chair', 480],
] as const
const states = ['delivered', 'delivered', 'shipped', 'paid', 'returned']

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T
const two = (n: number) => String(n).padStart(2, '0')

export const customers: Customer[] = Array.from({ length: 48 }, (_, n) => {
  const first = pick(given, n * 5 + 1)
  const last = pick(family, n * 7 + 2)
  return {
    id: 1001 + n,
    name: `${first} ${last}`,
    email: `${first}.${last}${n >= 16 ? n : ''}@example.com`.toLowerCase(),
    phone: `+1-202-555-${String(100 + n).padStart(4, '0')}`,
    // 900 to 999 were never issued as area numbers, so these belong to nobody.
    ssn: `9${two((n * 13) % 100)}-${two(10 + (n % 80))}-${String(1000 + n * 37)}`,
    city: pick(cities, n * 3),
    since: `20${two(17 + (n % 8))}-${two(1 + (n % 12))}-${two(1 + ((n * 11) % 28))}`,
  }
})

export const orders: Order[] = Array.from({ length: 160 }, (_, n) => {
  const [item, price] = pick(items, n * 3 + (n % 5))
  return {
    id: 5001 + n,
    customerId: pick(customers, n * 17 + 3).id,
    item,
    amount: Math.round(price * (1 + (n % 3)) * 100) / 100,
    status: pick(states, n * 2 + (n % 3)),
    placedAt: `2026-${two(1 + (n % 10))}-${two(1 + ((n * 7) % 28))}`,
  }
})

export const paymentMethods: PaymentMethod[] = customers.map((customer, n) => ({
  id: 9001 + n,
  customerId: customer.id,
  cardNumber: withLuhn(`4000001234${String(10_000 + n * 97)}`),
  expires: `${two(1 + (n % 12))}/${27 + (n % 4)}`,
}))

/** Appends the check digit of ISO/IEC 7812-1, so that the number looks real to a detector. */
function withLuhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, n) => {
    const doubled = Number(digit) * (n % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}
