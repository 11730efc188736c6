/** What makes calls the same, and for how long, in milliseconds. */
export interface SameAs {
  readonly key: string;
  readonly ms: number;
}

/** What a store tells of its waiting rooms. */
export type RoomEntry =
  /** It waits for its limit. */
  | { readonly kind: "held"; readonly id: string; readonly room: string }
  /** It has its turn. */
  | { readonly kind: "turn"; readonly id: string }
  /** A worker could not say that its tasks still run. */
  | { readonly kind: "unrenewed"; readonly by: string };

/** What is told of calls that are the same, and of parts of tasks that run once. */
export type RegisterEntry =
  /** Another call stands for it. */
  | { readonly kind: "known"; readonly id: string; readonly by: string; readonly as: string }
  /** The part runs, within this run of its task. */
  | { readonly kind: "effect"; readonly id: string; readonly by: string; readonly run: number }
  /** The run was given the value of this run's part. */
  | { readonly kind: "kept"; readonly id: string; readonly by: string; readonly run: number; readonly value: number }
  /** A register of the task could not be swapped, as far as its process knows. */
  | { readonly kind: "unswapped"; readonly id: string; readonly by: string };

/** What is told of how far tasks have come. */
export type ProgressEntry =
  | { readonly kind: "report"; readonly id: string; readonly by: string; readonly step: number }
  /** An event of a task is stored. */
  | { readonly kind: "event"; readonly id: string; readonly state: string; readonly value: string }
  /** It could not be stored, as far as its process knows. */
  | { readonly kind: "unappended"; readonly id: string; readonly by: string };

/** What a reader of a stream tells. */
export type StreamEntry =
  | { readonly kind: "reads"; readonly id: string; readonly by: string }
  | { readonly kind: "item"; readonly id: string; readonly by: string; readonly number: number }
  /** `end`, `left`, or the error. */
  | { readonly kind: "read"; readonly id: string; readonly by: string; readonly how: string };
