/** The WebAssembly module inside libpg-query, which its own entry point instantiates once and keeps for good. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export type PgModule = {
    _malloc(bytes: number): number
    _free(pointer: number): void
    _wasm_parse_query_raw(query: number): number
    _wasm_free_parse_result(result: number): void
    _wasm_parse_plpgsql(query: number): number
    _wasm_free_string(text: number): void
    getValue(pointer: number, type: 'i32'): number
    UTF8ToString(pointer: number): string
    stringToUTF8(text: string, pointer: number, bytesMax: number): void
    lengthBytesUTF8(text: string): number
  }
  export default function createPgModule(): Promise<PgModule>
}
