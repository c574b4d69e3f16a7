import { createServer, request as forward } from 'node:http';

/** What becomes of an answer, which waits for it; `body` is the same object each time it is called on. */
export type Alter = (path: string, body: unknown) => unknown;

/** A way to the sandbox that alters its answers, as a ServiceTitan that has drifted would give them. */
export async function startAlteringProxy(
  target: string,
  alter: Alter,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request;
    const onward = forward(target + url, { method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers;
        const text = Buffer.concat(parts).toString();
        const isRead = answer.statusCode === 200 && kept['content-type']?.includes('json');
        const altered = isRead ? Promise.resolve(alter(url, JSON.parse(text))).then(JSON.stringify) : text;
        void Promise.resolve(altered).then((body) => {
          response.writeHead(answer.statusCode ?? 502, kept);
          response.end(body);
        });
      });
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
