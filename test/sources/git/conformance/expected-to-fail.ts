/**
 * Rows of the table that the product does not hold yet, `group: situation`, each with the reason. A row that begins
 * to hold fails the suite, so that its mark is taken away.
 */
export const expectedToFail: Readonly<Record<string, string>> = {
  'folder: NOTES_EDITMSG': 'files of the git folder are read by a list, and it is not on it',
  'folder: comment in packed-refs': 'of packed-refs the names of refs alone are read',
  'folder: message of a rebase that stopped': 'files of the git folder are read by a list (rebase-merge)',
  'folder: patch that git am stopped at': 'files of the git folder are read by a list (rebase-apply)',
  'folder: list of commits yet to be picked': 'files of the git folder are read by a list (sequencer)',
  'folder: recorded conflict resolution': 'files of the git folder are read by a list (rr-cache)',
  'folder: written out by git fsck --lost-found': 'files of the git folder are read by a list (lost-found)',
  'folder: hunk under edit': 'files of the git folder are read by a list (addp-hunk-edit.diff)',
  'folder: objects of an unfinished push':
    'quarantined objects (objects/tmp_objdir-*) are neither read nor named',
  'names: name of a file that was only staged': 'names in the index are not read',
  'names: branch without a commit': 'HEAD is not read: a branch without a commit is no ref',
  'names: symbolic ref to a branch that is gone': 'what a symbolic ref points at is not read',
  'damage: deltas in a circle':
    'what our own reader cannot unfold is given to git cat-file, which runs for ever and takes 200 MB a second',
  'layout: core.worktree that is gone': 'git rev-parse refuses: exit 2, though the history is there',
  'nested: past of a submodule': 'git folders of submodules are counted, not read',
  'nested: past of a submodule of a submodule': 'git folders of submodules are counted, not read',
  'nested: submodule that was removed, its git folder stayed':
    'git folders of submodules are counted, not read',
  'nested: configuration of a submodule': 'git folders of submodules are counted, not read',
  'nested: submodule with a git folder in the worktree': 'neither read nor named',
  'nested: submodule that was never initialised': 'counted as excluded, not skipped',
  'nested: shallow submodule': 'git folders of submodules are counted, not read',
  'nested: LFS object that is here': 'lfs/objects is not read',
  'nested: LFS object that nothing points at': 'lfs/objects is not read',
  'nested: LFS pointer to what is not here': 'pointers are not followed',
  'nested: LFS pointer in an earlier commit': 'pointers are not followed',
  'nested: alternate with a relative path, quoted path and comment':
    'a quoted line of info/alternates is taken for a folder of that name: a false gap',
  'storage: the same object twice in one pack': 'our own reader counts both',
  'hostile files: alternates is a pipe': 'hangs',
  'hostile files: alternates is /dev/zero': 'hangs',
  'hostile files: HEAD is a pipe': 'hangs',
  'hostile files: configuration is a pipe': 'hangs',
  'hostile files: configuration includes a pipe': 'hangs',
  'hostile files: packed-refs is a pipe': 'hangs',
  'hostile files: a ref is a pipe': 'hangs',
  'hostile files: a ref is a link to /dev/zero': 'hangs',
  'hostile files: index of a pack is a pipe': 'hangs',
  'hostile files: multi-pack index is a pipe': 'hangs',
  'hostile files: loose object is a pipe': 'hangs',
  'hostile files: index is a pipe': 'hangs',
  'hostile files: shallow is a pipe': 'hangs',
  'hostile files: commondir is a pipe': 'hangs',
  'hostile files: worktree whose files are pipes': 'hangs',
}
