/** A text, or its words: one that was given by itself (a path) stays whole whatever spaces are in it. */
export type Words = string | readonly string[]

/** Lines of at most `width` characters where words allow it: a word (a path, a command in backticks) is never broken. */
export function wrap(text: Words, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of wordsOf(text)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}

/** `Head   text` with the text wrapped beside its head; below it where there is little room. */
export function labelled(head: string, text: Words, width: number): string[] {
  const narrow = width < 60
  const indent = ' '.repeat(narrow ? 4 : 11)
  const [first = '', ...rest] = wrap(text, width - indent.length)
  if (narrow) return [`  ${head}`, `${indent}${first}`, ...rest.map((line) => indent + line)]
  return [`  ${head.padEnd(8)} ${first}`, ...rest.map((line) => indent + line)]
}

export function wordsOf(text: Words): readonly string[] {
  if (typeof text !== 'string') return text
  return text.match(/`[^`]*`\S*|\S+/g) ?? []
}
