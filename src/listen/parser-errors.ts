/** What Node's parser says when it gives up; the packet and the place in it are there for faults of syntax. */
export type ParserError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer; readonly bytesParsed?: number };

export type ParserRefusal = { readonly status: number; readonly reason: string };

const REQUEST_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^ ]+ HTTP\/\d\.\d$/;
const LENGTH = /^content-length:[ \t]*(\d+)[ \t]*$/i;
/** The largest Content-Length the parser holds. */
const MAX_LENGTH = 2n ** 64n - 1n;

const BAD_REQUEST: ParserRefusal = { status: 400, reason: 'Bad Request' };

/** The status for a request of which no head or body could be made (RFC 9110 §15, RFC 6585 §5). */
export function parserRefusal(error: ParserError): ParserRefusal {
  const line = lineOf(error);
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, reason: 'Request Header Fields Too Large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, reason: 'Request Timeout' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, reason: 'Content Too Large' };
    case 'HPE_INVALID_METHOD': // RFC 9110 §9.1: the parser knows a list of methods, and any token is one
      return REQUEST_LINE.test(line) ? { status: 501, reason: 'Not Implemented' } : BAD_REQUEST;
    case 'HPE_PAUSED_H2_UPGRADE': // the preface of HTTP/2
      return { status: 505, reason: 'HTTP Version Not Supported' };
    case 'HPE_INVALID_VERSION':
      return REQUEST_LINE.test(line) ? { status: 505, reason: 'HTTP Version Not Supported' } : BAD_REQUEST;
    case 'HPE_INVALID_CONTENT_LENGTH': // RFC 9110 §8.6: more than 64 bits is a number too
      return BigInt(LENGTH.exec(line)?.[1] ?? 0) > MAX_LENGTH
        ? { status: 413, reason: 'Content Too Large' }
        : BAD_REQUEST;
    default:
      return BAD_REQUEST;
  }
}

/** The line in which the parser stopped, as far as it lies in one packet. */
function lineOf({ rawPacket, bytesParsed = 0 }: ParserError): string {
  if (rawPacket === undefined) return '';
  const text = rawPacket.toString('latin1');
  const end = text.indexOf('\r\n', bytesParsed);
  return text.slice(text.lastIndexOf('\n', bytesParsed - 1) + 1, end === -1 ? text.length : end);
}
