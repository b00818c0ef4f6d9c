import data from '../../rules/perplexity.yaml'

/** What the judgement takes from the rule's data. The file as a whole is checked by `rules test` (see `cli/rules.ts`). */
interface JudgedRule {
  readonly id: string
  readonly samples: readonly string[]
  readonly names: readonly string[]
  readonly words: readonly string[]
}

export const rule = data as JudgedRule

/** `ruleId` of every finding. */
export const ruleId: string = rule.id
