import type { Entry } from '../../../schemas/files.ts';
import { type Choice, moveTo, NOTHING_CHOSEN, startingWith, toggle } from './selection.ts';

export type KeyActions = {
  readonly onChoice: (choice: Choice) => void;
  readonly onOpen: (entry: Entry) => void;
  readonly onUp: () => void;
  readonly onDelete: () => void;
  readonly onRename: () => void;
};

/** Typing goes on with a name when the next letter comes within this time. */
const TYPING_MS = 700;
const PAGE_ROWS = 10;

/** What the keyboard does in a list of files: the ways of file managers and of the ARIA grid. */
export class ListKeys {
  #typed = '';
  #typedAt = 0;

  /** @returns whether the key meant something here */
  press(event: KeyboardEvent, rows: readonly Entry[], choice: Choice, actions: KeyActions): boolean {
    const typed = this.#typed;
    const meant = this.#press(event, rows, choice, actions);
    if (this.#typed === typed && event.key !== 'Shift') this.#typed = ''; // another key ends a word
    return meant;
  }

  #press(event: KeyboardEvent, rows: readonly Entry[], choice: Choice, actions: KeyActions): boolean {
    const at = rows.findIndex(({ name }) => name === choice.at);
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: rows.length - 1 },
      ...{ PageDown: at + PAGE_ROWS, PageUp: at - PAGE_ROWS },
    };
    const { key } = event;
    const withControl = event.ctrlKey || event.metaKey;
    const step = steps[key];
    if (step !== undefined && !event.altKey) {
      actions.onChoice(moveTo(choice, rows, step, event.shiftKey ? 'range' : withControl ? 'focus' : 'alone'));
      return true;
    }
    if (withControl && key.toLowerCase() === 'a') {
      actions.onChoice({ ...choice, chosen: new Set(rows.map(({ name }) => name)) });
      return true;
    }
    if (withControl || event.altKey) return false;
    return this.#plain(event, rows, at, choice, actions);
  }

  #plain(event: KeyboardEvent, rows: readonly Entry[], at: number, choice: Choice, actions: KeyActions): boolean {
    const row = rows[at];
    const { key } = event;
    if (key === 'Enter' && row !== undefined) actions.onOpen(row);
    else if (key === ' ' && this.#isTyping(event)) this.#type(event, rows, at, choice, actions);
    else if (key === ' ' && row !== undefined) actions.onChoice(toggle(choice, row.name));
    else if (key === 'Delete') actions.onDelete();
    else if (key === 'F2') actions.onRename();
    else if (key === 'Backspace') actions.onUp();
    else if (key === 'Escape') actions.onChoice({ ...NOTHING_CHOSEN, at: choice.at });
    else if (key.length === 1 && key !== '?' && key !== '/') this.#type(event, rows, at, choice, actions);
    else return false;
    return true;
  }

  #isTyping({ timeStamp }: KeyboardEvent): boolean {
    return this.#typed !== '' && timeStamp - this.#typedAt < TYPING_MS;
  }

  #type(event: KeyboardEvent, rows: readonly Entry[], at: number, choice: Choice, actions: KeyActions): void {
    const goesOn = this.#isTyping(event);
    this.#typed = goesOn ? this.#typed + event.key : event.key;
    this.#typedAt = event.timeStamp;
    // The same letter again goes to the next name; a longer word may still mean the one it is at.
    const found = startingWith(rows, Math.max(0, goesOn ? at : at + 1) % Math.max(1, rows.length), this.#typed);
    if (found !== -1) actions.onChoice(moveTo(choice, rows, found, 'alone'));
  }
}
