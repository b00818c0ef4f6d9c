/**
 * Control characters (a terminal would obey them), invisible ones and those that turn the reading direction: a name
 * may hold any of them to look like another.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' }

/** For people: such characters are shown, not sent. */
export function printable(text: string): string {
  return text.replace(
    unsafe,
    (character) => short[character] ?? `\\u{${codeOf(character).replace(/^0+(?=.)/, '')}}`,
  )
}

/** For JSON that somebody may look at in a terminal: the same document, written with escapes. */
export function escapeJson(document: string): string {
  return document.replace(unsafe, (character) => (character === '\n' ? character : `\\u${codeOf(character)}`))
}

function codeOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0')
}
