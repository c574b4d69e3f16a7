import express, { Router } from 'express';
import { AppError } from '../errors.ts';
import type { MessageService } from '../services/MessageService.ts';

/**
 * RFC 8058: mail programs POST, without any cookie or token of ours but the link. GET only shows a button, because
 * scanners open every link of a mail.
 */
export function unsubscribeRoutes(deps: { messages: MessageService }): Router {
  const router = Router();
  router.get('/unsubscribe/:token', (request, response) => {
    response
      .type('html')
      .send(
        page(
          'Unsubscribe?',
          '<p>You will get no more marketing e-mails from us. Messages about a visit that you booked still reach you.</p>' +
            '<form method="post"><button type="submit">Unsubscribe</button></form>',
        ),
      );
  });
  router.post(
    '/unsubscribe/:token',
    express.urlencoded({ extended: false, limit: '1kb' }),
    async (request, response) => {
      const result = await deps.messages.unsubscribe(request.params.token);
      if (!result)
        throw new AppError('not_found', 'This link is not complete. Open it again from the e-mail.');
      response
        .type('html')
        .send(page('You are unsubscribed', '<p>You will get no more marketing e-mails from us.</p>'));
    },
  );
  return router;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>body{font:16px/1.5 system-ui;max-width:32rem;margin:15vh auto;padding:0 1rem;color:#1c2430}
button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f5fd6;color:#fff;cursor:pointer}</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;
}
