/** Sallyport's own MCP server, as the record names it: no connection can have this name, and none has this id. */
export const ownName = 'sallyport'
export const ownId = '00000000-0000-4000-8000-73616c6c7970'
