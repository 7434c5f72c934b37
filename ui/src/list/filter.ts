import type { Attribute } from '@/api/schema';

/** Where a filter stops making sense, counted in characters from 0, and what was expected there. */
export interface FilterFault {
  position: number;
  expected: 'attribute' | 'operator' | 'value' | 'close' | 'conjunction' | 'quote';
}

interface Token {
  text: string;
  start: number;
}

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'] as const;
const isOperator = (text: string) => (operators as readonly string[]).includes(text.toLowerCase());
const word = /^[^\s()[\]"]+/;
const quotedText = /^"(?:[^"\\]|\\.)*"/;
const value = /^(?:".*"|true|false|null|-?\d+(?:\.\d+)?)$/is;
const path = /^[A-Za-z_][\w.$:-]*$/;

/** Thrown inside the reader only; {@link checkFilter} turns it into its answer. */
class Fault extends Error {
  readonly fault: FilterFault;

  constructor(position: number, expected: FilterFault['expected']) {
    super(expected);
    this.fault = { position, expected };
  }
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) {
      at += space;
      continue;
    }
    const text = '()[]'.includes(rest.charAt(0)) ? rest.charAt(0) : (quotedText.exec(rest)?.[0] ?? word.exec(rest)?.[0]);
    if (text === undefined) throw new Fault(at, 'quote');
    found.push({ text, start: at });
    at += text.length;
  }
  return found;
}

/** Reads a filter by the grammar of RFC 7644 §3.4.2.2. */
class FilterReader {
  private at = 0;
  private readonly source: string;
  private readonly all: Token[];

  constructor(source: string) {
    this.source = source;
    this.all = tokens(source);
  }

  read(): void {
    this.disjunction();
    const left = this.peek();
    if (left !== undefined) throw new Fault(left.start, 'conjunction');
  }

  private disjunction(): void {
    do this.conjunction();
    while (this.take('or'));
  }

  private conjunction(): void {
    do this.term();
    while (this.take('and'));
  }

  private term(): void {
    if (this.take('not')) {
      if (this.peek()?.text !== '(') throw new Fault(this.position(), 'close');
      this.term();
    } else if (this.take('(')) {
      this.disjunction();
      if (!this.take(')')) throw new Fault(this.position(), 'close');
    } else {
      this.comparison();
    }
  }

  private comparison(): void {
    const attribute = this.next('attribute', (text) => path.test(text) && !isOperator(text));
    if (attribute !== undefined && this.take('[')) {
      this.disjunction();
      if (!this.take(']')) throw new Fault(this.position(), 'close');
      return;
    }
    const operator = this.next('operator', isOperator);
    if (operator.toLowerCase() !== 'pr') this.next('value', (text) => value.test(text));
  }

  private next(expected: FilterFault['expected'], fits: (text: string) => boolean): string {
    const token = this.peek();
    if (token === undefined || !fits(token.text)) throw new Fault(this.position(), expected);
    this.at += 1;
    return token.text;
  }

  private take(text: string): boolean {
    if (this.peek()?.text.toLowerCase() !== text) return false;
    this.at += 1;
    return true;
  }

  private peek(): Token | undefined {
    return this.all[this.at];
  }

  private position(): number {
    return this.peek()?.start ?? this.source.length;
  }
}

/** The first fault of a filter, or undefined for a well-formed (or empty) one. Names and types are the server's to judge. */
export function checkFilter(source: string): FilterFault | undefined {
  if (source.trim() === '') return undefined;
  try {
    new FilterReader(source).read();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  }
}

/** A proposal for the word at the caret: `text` replaces the characters from `from` up to the caret. */
export interface Completion {
  text: string;
  from: number;
}

/** What can stand where the caret is, given what stands before it. */
export function completeFilter(source: string, caret: number, attributes: readonly Attribute[]): Completion[] {
  const before = source.slice(0, caret);
  if (insideQuotes(before)) return [];
  const from = before.length - (/[^\s()[\]"]*$/.exec(before)?.[0].length ?? 0);
  const typed = before.slice(from).toLowerCase();
  const previous = before.slice(0, from).trim().split(/\s+|(?<=[()[\]])/).filter(Boolean).slice(-2);
  return proposals(previous, attributes)
    .filter((text) => text.toLowerCase().startsWith(typed) && text.toLowerCase() !== typed)
    .slice(0, 12)
    .map((text) => ({ text, from }));
}

function insideQuotes(before: string): boolean {
  return before.replaceAll(/\\./g, '').split('"').length % 2 === 0;
}

function proposals([beforeLast, last]: string[], attributes: readonly Attribute[]): string[] {
  const latest = (last ?? beforeLast ?? '').toLowerCase();
  const names = attributes.filter(({ filterable, type }) => filterable !== false && type !== 'separator').map(({ name }) => name);
  if (latest === '' || ['and', 'or', '(', '['].includes(latest)) return [...names, 'not ('];
  if (names.includes(last ?? beforeLast ?? '')) {
    const attribute = attributes.find(({ name }) => name === (last ?? beforeLast));
    return attribute?.ops ?? [...operators];
  }
  if (isOperator(latest) && latest !== 'pr') {
    const attribute = attributes.find(({ name }) => name === beforeLast);
    if (attribute?.type === 'boolean') return ['true', 'false'];
    return attribute?.values?.map((option) => JSON.stringify(option.value)) ?? [];
  }
  return ['and', 'or'];
}
