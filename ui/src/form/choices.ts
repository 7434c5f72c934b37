import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { address, readPage } from '@/api/resource';
import type { ChoiceSource } from '@/api/schema';
import type { components } from '@/api/api.gen';

/** Something a field may refer to: its name, and what tells it from others. */
export type Choice = components['schemas']['FormReference'];

/** Asks what a field may refer to, by words in its name. */
export async function readChoices({ resource, id, ...query }: ChoiceSource, words: string, signal?: AbortSignal): Promise<Choice[]> {
  return (await readPage<Choice>(address(resource, [id, 'choices'], { ...query, q: words }), signal)).rows;
}

/** The choice with exactly this name (in whatever case), or undefined. */
export async function findChoice(source: ChoiceSource, name: string): Promise<Choice | undefined> {
  const found = await readChoices(source, name);
  return found.find((choice) => choice.name.toLowerCase() === name.trim().toLowerCase());
}

/** {@link readChoices} while a person types; what was found before stays until the answer comes. */
export function useChoices(source: ChoiceSource | undefined, words: string, enabled: boolean) {
  return useQuery({
    queryKey: ['choices', source, words],
    queryFn: ({ signal }) => (source === undefined ? [] : readChoices(source, words, signal)),
    placeholderData: keepPreviousData,
    enabled: enabled && source !== undefined,
  });
}
