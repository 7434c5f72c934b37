/** A value one of the merged users has for an attribute. */
export interface Candidate {
  userId: string;
  user: string;
  value: unknown;
}

/** An attribute in which the users differ, with the user whose value is kept. */
export interface MergedAttribute {
  name: string;
  from: string;
  values: Candidate[];
}

/** What a merge does, or would do. */
export interface Merged {
  survivor: { id: string; userName?: string; fullName?: string };
  attributes: MergedAttribute[];
  accounts: { id: string; name: string; system: string; user: string }[];
  groups: string[];
  access: string[];
  owned: string[];
  mergedUsers: string[];
}

/** The request for merging all other users into the survivor. Choices of users that are not merged any more are forgotten. */
export function mergeRequest(ids: readonly string[], survivorId: string, from: Readonly<Record<string, string>>) {
  return {
    survivorId,
    mergedIds: ids.filter((id) => id !== survivorId),
    from: Object.fromEntries(Object.entries(from).filter(([, user]) => ids.includes(user))),
  };
}

/** The distinct values to choose from: users with the same value are one choice, under the user whose value is kept if it is theirs. */
export function choices({ from, values }: MergedAttribute): Candidate[] {
  const distinct = new Map<string, Candidate>();
  for (const candidate of values) {
    const key = JSON.stringify(candidate.value ?? null);
    if (!distinct.has(key) || candidate.userId === from) distinct.set(key, candidate);
  }
  return [...distinct.values()];
}
