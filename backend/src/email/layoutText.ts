import { decodeValues } from './untrustedText.ts';

/** A mail's text in pieces: paragraphs of lines of words and links. */
export type TextPiece = { type: 'words'; text: string } | { type: 'link'; label: string; url: string };
export type TextParagraph = TextPiece[][];

const link = /\[([^\][\n]*)\]\(([^()\s]*)\)|(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/g;

/** Reads rendered text: blank lines part paragraphs, [words](address) and bare addresses are links. */
export function readText(text: string): TextParagraph[] {
  return text
    .replaceAll('\r\n', '\n')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => paragraph.split('\n').map((line) => readLine(line.trim())));
}

function readLine(line: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let position = 0;
  const words = (text: string) => {
    if (text !== '') pieces.push({ type: 'words', text: decodeValues(text) });
  };
  for (const match of line.matchAll(link)) {
    words(line.slice(position, match.index));
    const url = safeUrl(decodeValues(match[2] ?? match[3] ?? ''));
    const label = match[1] === undefined ? url : decodeValues(match[1]);
    if (url !== null && label !== null && label !== '') pieces.push({ type: 'link', label, url });
    else words(match[1] ?? match[3] ?? '');
    position = match.index + match[0].length;
  }
  words(line.slice(position));
  return pieces;
}

/** The address if a mail may link to it, else null. */
function safeUrl(url: string): string | null {
  const given = /^(www\.|[a-z0-9-]+(\.[a-z0-9-]+)+(\/|$))/i.test(url) ? `https://${url}` : url;
  return URL.canParse(given) && ['http:', 'https:', 'mailto:', 'tel:'].includes(new URL(given).protocol)
    ? given
    : null;
}

/** The plain-text alternative. */
export function textOf(paragraphs: TextParagraph[]): string {
  const plain = (piece: TextPiece) => {
    if (piece.type === 'words') return piece.text;
    const address = piece.url.replace(/^(mailto|tel):/, '');
    if (piece.label === piece.url) return address;
    // "(555) 555-0100" says its address already.
    const isSame = piece.label.replaceAll(/[^\w@.+]/g, '') === address.replaceAll(/[^\w@.+]/g, '');
    return isSame ? piece.label : `${piece.label}: ${address}`;
  };
  return paragraphs.map((lines) => lines.map((line) => line.map(plain).join('')).join('\n')).join('\n\n');
}
