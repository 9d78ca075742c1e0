import { type ErrorCode, GatewayError } from '../domain/errors.ts';
import type { Question } from '../domain/question.ts';
import type { BatchResult } from './batch.ts';
import type { LaneOptions } from './lane-threads.ts';
import type { TaskMessage } from './task-messages.ts';

/** What the serving thread and a batch worker say to each other; all of it plain data. */

/** The folders a worker opens for itself. */
export type WorkerStart = {
  readonly contentDirectory: string;
  readonly referenceDirectory: string;
  /** Where it has threads that decide chunks of large batches. */
  readonly lane?: LaneOptions | undefined;
};

export type ToWorker =
  | { readonly kind: 'run'; readonly task: TaskMessage }
  | { readonly kind: 'originals'; readonly found: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'questions'; readonly found: readonly Question[] }
  | { readonly kind: 'lookup-failed'; readonly failure: Failure }
  | { readonly kind: 'close' };

export type FromWorker =
  /** The worker waits for one answer at a time. */
  | { readonly kind: 'originals'; readonly references: readonly string[] }
  | { readonly kind: 'questions'; readonly keys: readonly string[] }
  | { readonly kind: 'progress'; readonly records: number }
  | { readonly kind: 'done'; readonly result: BatchResult }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error as it crosses a thread boundary: enough to tell a refusal, and an error of fsync, from the rest. */
export type Failure = {
  readonly message: string;
  readonly stack: string | undefined;
  readonly gatewayCode: ErrorCode | undefined;
  readonly systemCode: string | undefined;
  readonly syscall: string | undefined;
  readonly cause: string | undefined;
};

export function failureOf(error: unknown): Failure {
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    message: known.message,
    stack: known.stack,
    gatewayCode: known instanceof GatewayError ? known.code : undefined,
    systemCode: 'code' in known && typeof known.code === 'string' ? known.code : undefined,
    syscall: 'syscall' in known && typeof known.syscall === 'string' ? known.syscall : undefined,
    cause: known.cause === undefined ? undefined : String(known.cause),
  };
}

/** The error again, in the thread that waits for it. */
export function errorOf(failure: Failure): Error {
  const cause = failure.cause ?? failure.stack;
  if (failure.gatewayCode !== undefined) return new GatewayError(failure.gatewayCode, failure.message, { cause });
  const error = new Error(failure.message, { cause });
  return Object.assign(error, { code: failure.systemCode, syscall: failure.syscall });
}
