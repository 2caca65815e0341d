export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** A letter of ASCII. */
export const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a && code < 0x80
