const replacements: readonly (readonly [RegExp, string])[] = [
  [/\b(cs1|ak1|cid)\.[\w.~+/=-]+/gi, '$1.[redacted]'],
  [/(st-app-key\\*["']?\s*[=:]\s*\\*["']?)[^"'\\&\s,}]+/gi, '$1[redacted]'],
  [/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '[redacted token]'],
  [
    /((?:access_token|client_secret|client_id|servicetitanapplicationkey)\\*["']?\s*[=:]\s*\\*["']?)[^"'\\&\s,}]+/gi,
    '$1[redacted]',
  ],
  [/[\w.+'%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+/gi, '[redacted e-mail]'],
  [/\+\d{8,15}\b/g, '[redacted phone]'],
  [/(?:\(\d{3}\)\s?|\b\d{3}[\s.-])\d{3}[\s.-]\d{4}\b/g, '[redacted phone]'],
  // Only among words or in quotation marks: where a line is JSON, a bare number is a record's.
  [/(?<=(?:^|[\s'"(‘“„«])(?:\+|tel:)?)1?[2-9]\d{9}(?![\w-])/g, '[redacted phone]'],
];

/** Takes credentials, tokens, e-mail addresses and phone numbers out of a text that may be shown or logged. */
export function redact(text: string): string {
  return replacements.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
