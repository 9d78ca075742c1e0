/** One fence around ssh2, and how the product reads without it. */
export type Fence = {
  readonly fence: string;
  readonly file: 'message-fences.ts' | 'ssh2-fixes.ts';
  /** Stands there once. */
  readonly text: string;
  readonly without: string;
  /** The test that sees it: a case of the table of hostile packets and sequences. */
  readonly cause: string;
  readonly what: string;
};

const inMessages = (
  fence: string,
  text: string,
  [cause, what]: readonly [cause: string, what: string],
  without = '',
): Fence => ({ fence, file: 'message-fences.ts', text, without, cause, what });

/** Every fence, each with the case that fails without it. `npm run fences` takes them away one by one. */
export const FENCES: readonly Fence[] = [
  inMessages('who is shown out has a line in the log', '  fenceGoodbye(protocol, host);\n', [
    'a service that nobody offers',
    'empty',
  ]),
  inMessages(
    'a packet without a message',
    "    if (type === undefined) return broke('a packet without a message');\n",
    ['a sealed packet whose padding can not be true', 'all there is: no payload'],
  ),
  inMessages(
    'a packet without a message, before the first keys',
    'first._onPayload = (payload) => (payload.length === 0 ?',
    ['padding that can not be true, before the first keys', 'all but its own byte: no payload'],
    'first._onPayload = (payload) => (payload.length < 0 ?',
  ),
  inMessages('what a client can not mean', '    if (!FROM_CLIENTS.has(type)) return sayUnimplemented(protocol);\n', [
    'a message that has no meaning here',
    'LOGIN, as the server says it',
  ]),
  inMessages(
    'messages of channels before the login',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how the line reads
    '    if (type >= FIRST_OF_CHANNELS && !host.loggedIn()) return broke(`message ${type} before login`);\n',
    ['a message of channels before the login is done', 'a channel'],
  ),
  inMessages(
    'a login before its service',
    "    if (type >= FIRST_OF_LOGIN && !mayLogIn) return broke('a login before its service');\n",
    ['a login before the service was asked for', 'without a key'],
  ),
  inMessages(
    'an answer to no question',
    'if (type === MSG_INFO_RESPONSE && !protocol._authsQueue.includes(KEYBOARD))',
    ['an answer to a question that nobody asked', 'at once'],
    'if (type === -1)',
  ),
  inMessages(
    'a key that is not whole',
    "    if (method === 'publickey' && !isWholeKey(shown)) return void broke('a key that is not whole');\n",
    ['a login that is not whole', 'no key'],
  ),
  inMessages('the whole fence around logins', '  fenceLogin(protocol, broke);\n', [
    'a login that is not whole',
    'no key',
  ]),
  inMessages('packets that hold nothing', '  fenceChannelOpen(protocol, broke);\n', [
    'a channel whose packets hold nothing',
    '1,023',
  ]),
  inMessages('requests on a channel that has its subsystem', '  fenceChannelRequest(protocol, channels);\n', [
    'another subsystem, or a second one',
    'sftp again',
  ]),
  inMessages('CLOSE is answered with CLOSE', '  fenceChannelEnd(protocol, channels);\n', [
    'a channel that is closed, or ended, before it has its subsystem',
    'CLOSE',
  ]),
  inMessages('windows end at 2^32 - 1', '  fenceWindow(protocol, channels, broke);\n', [
    'a window that is larger than any',
    'by one step',
  ]),
  {
    ...{ fence: 'an identification is plain text, and short', file: 'ssh2-fixes.ts', without: 'if (end < -1) {' },
    text: "if (end < 0 || end >= MAX_IDENTIFICATION_BYTES || !IDENTIFICATION.test(held.toString('utf8', 0, end))) {",
    ...{ cause: 'an identification that is not whole', what: 'NUL inside' },
  },
  {
    ...{
      fence: 'a header of a proxy is no identification',
      file: 'ssh2-fixes.ts',
      without: "if (header === 'none') {",
    },
    text: "if (header === 'yes') {",
    ...{ cause: 'bytes of another protocol', what: 'PROXY protocol v1 from nobody' },
  },
];

/** Fences that no case of the table reaches; their tests stand in `test/sftp/fences.test.ts`, and nothing takes them away. */
export const SEEN_ELSEWHERE: Readonly<Record<string, string>> = {
  fenceChannelData: 'data beyond the window ends the connection',
};
