/** Keys by their ids, and which of them is used for what is sent from now on. */
export interface KeyOptions {
  /** By ids of 1 to 32 letters, digits, `.`, `_` and `-`. All of them are accepted. */
  readonly keys: Readonly<Record<string, string>>;
  /** The id of the key that is used. @default the only one */
  readonly use?: string | undefined;
  /** What comes without is refused; `false` is for the time in which not every sender has a key. @default true */
  readonly require?: boolean | undefined;
}

/** Who may have written what comes from the broker and the result backend, and who can read it. */
export interface SecurityOptions {
  /**
   * Messages, results and revocations are signed with HMAC-SHA-256. A key is a text of at least 32 characters, best of
   * random ones: `openssl rand -base64 32`. @default nothing is signed
   */
  readonly signing?: KeyOptions | undefined;
  /**
   * Arguments and results are encrypted with AES-256-GCM; names of tasks, ids and headers are not. A key is 32 random bytes in
   * base64: `openssl rand -base64 32`. @default nothing is encrypted
   */
  readonly encryption?: KeyOptions | undefined;
}

/** Where the keys of an app come from that names none. */
export interface SecurityEnvironment {
  /** `id:key`, separated by commas; the first is used. */
  readonly TASKGEN_SIGNING_KEYS?: string | undefined;
  readonly TASKGEN_SIGNING_REQUIRE?: string | undefined;
  readonly TASKGEN_ENCRYPTION_KEYS?: string | undefined;
  readonly TASKGEN_ENCRYPTION_REQUIRE?: string | undefined;
}
