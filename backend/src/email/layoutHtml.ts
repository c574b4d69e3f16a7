import type { TextParagraph, TextPiece } from './layoutText.ts';

export interface Footer {
  workspaceName: string;
  postalAddress: string;
  phone: string;
  /** Null: the mail is not one that people can unsubscribe from. */
  unsubscribeUrl: string | null;
}

const font = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** A whole HTML mail: one column that fits any screen, with styles inline because mail programs drop the rest. */
export function layoutHtml(subject: string, paragraphs: TextParagraph[], footer: Footer): string {
  const name = escapeHtml(footer.workspaceName);
  const lines = [
    [footer.workspaceName, footer.postalAddress.replaceAll('\n', ', '), footer.phone]
      .filter((line) => line !== '')
      .map(escapeHtml)
      .join(' &middot; '),
    ...(footer.unsubscribeUrl
      ? [
          `You get this e-mail because you asked ${name} for a service. <a href="${escapeHtml(footer.unsubscribeUrl)}" style="color:#6b7280">Unsubscribe</a>`,
        ]
      : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f6"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:10px">
<tr><td style="padding:28px 32px 0;${font};font-size:15px;font-weight:600;color:#111827">${name}</td></tr>
<tr><td style="padding:12px 32px 24px;${font};font-size:16px;line-height:1.55;color:#1f2937">
${paragraphs.map(paragraphHtml).join('\n')}
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px"><tr><td style="padding:16px 32px;${font};font-size:12px;line-height:1.5;color:#6b7280">
${lines.join('<br>\n')}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function paragraphHtml(lines: TextParagraph): string {
  const [only] = lines.length === 1 && lines[0]?.length === 1 ? lines[0] : [];
  // A link that stands alone is what the mail asks for.
  if (only?.type === 'link' && only.label !== only.url) {
    return `<p style="margin:20px 0"><a href="${escapeHtml(only.url)}" style="display:inline-block;padding:12px 22px;border-radius:8px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(only.label)}</a></p>`;
  }
  return `<p style="margin:14px 0">${lines.map((line) => line.map(pieceHtml).join('')).join('<br>')}</p>`;
}

function pieceHtml(piece: TextPiece): string {
  if (piece.type === 'words') return escapeHtml(piece.text);
  return `<a href="${escapeHtml(piece.url)}" style="color:#1d4ed8">${escapeHtml(piece.label)}</a>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
