/** Something that is not read here, though it may be right: git is to be asked. The message says what it was. */
export class OnlyGitKnows extends Error {}
