/** What the issue lists, a line a member: each needs a row. Written from the list alone, not from the rows. */
export const members: readonly string[] = `
percent, every character
percent, lower case
percent, mixed case
percent, every second character
percent twice
percent three times
percent, %u
base64
base64, unpadded
base64, URL-safe
base64, one byte in
base64, two bytes in
base64, 76 columns, CRLF
base64, 76 columns, LF
base64, 76 columns, CR
base64, 64 columns, LF
base64, 64 columns, CRLF
base64, Kubernetes Secret
base64, Docker config.json
base64, inline source map
base64, JWT payload
base64, part of an e-mail
base64, data URL
base64, indented as in YAML
base64, as in PEM
base64, glued to a name before it
base64, glued to letters before it
base64, glued to what follows
base64 in a diff
base64 quoted in a mail
base64 in a comment with #
base64 in a comment with //
base32
base32, lower case
hexdump -C
hexdump
xxd
xxd -p
od -An -tx1
Buffer in JSON
Buffer in JSON, a number a line
bytes in Java
String.fromCharCode
hex
hex, upper case
hex with :
hex with spaces
hex with 0x
hex with \\x
escape \\u
escape \\u{}
escape \\x, every third character
escape, octal
escape \\U of Python
escape \\uu of Java
JSON in JSON
JSON in JSON in JSON
entity, decimal
entity, hex
entity, no semicolon
entity, named
entity twice
quoted-printable, every character
quoted-printable, soft breaks, CRLF
quoted-printable, soft breaks, LF
UTF-16 LE
UTF-16 BE
UTF-32 LE
UTF-32 BE
ANSI, colour after every character
ANSI, colour in the prefix
ANSI, cursor
invisible, zero-width space after every character
invisible, zero-width space in the prefix
invisible, zero-width non-joiner in the prefix
invisible, zero-width joiner in the prefix
invisible, word joiner in the prefix
invisible, byte-order mark in the prefix
invisible, soft hyphen in the prefix
dash U+2010
dash U+2011
dash U+2012
dash U+2013
dash U+2014
dash U+2015
dash U+2212
full-width forms
shell, quotes side by side
shell, two kinds of quotes
shell, line continued
JavaScript, +
JavaScript, + over lines
JavaScript, template
JavaScript, array joined
Python, side by side
Python, backslash
Go, + over lines
Java, + at the line start
C, literals over lines
YAML, folded
YAML, double-quoted
Word, runs
Word, runs, pretty-printed
broken, quoted in a mail
broken in a diff
broken in a comment with #
broken in a comment with //
`
  .trim()
  .split('\n')
