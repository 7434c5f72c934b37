import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A letter as it arrived: its recipient, and its text part, decoded. */
export interface Letter {
  to: string;
  text: string;
}

/** A mail server of the story's own: it takes every letter and keeps it. */
export interface Mailbox {
  port: number;
  letters: Letter[];
  close: () => Promise<void>;
}

/** Starts the server on a free port of this machine. */
export async function openMailbox(): Promise<Mailbox> {
  const letters: Letter[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void serve(socket, letters);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => { server.close(resolve); });
  };
  return { port: address.port, letters, close };
}

/** Speaks as much of SMTP as a client needs that is given no extensions. */
async function serve(socket: Socket, letters: Letter[]): Promise<void> {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let to = '';
  let data: string[] | undefined;
  say('220 sample');
  for await (const line of createInterface({ input: socket })) {
    if (data !== undefined) {
      if (line !== '.') {
        data.push(line);
        continue;
      }
      letters.push({ to, text: textOf(data.join('\n')) });
      data = undefined;
      say('250 kept');
    } else if (/^rcpt to:/i.test(line)) {
      to = /<(.*)>/.exec(line)?.[1] ?? '';
      say('250 ok');
    } else if (/^data/i.test(line)) {
      data = [];
      say('354 go on');
    } else if (/^quit/i.test(line)) {
      say('221 bye');
      socket.end();
    } else {
      say('250 ok');
    }
  }
}

/** The first part of a letter, which is its text, without the encoding of its way. */
function textOf(letter: string): string {
  const unfolded = letter.replaceAll(/=\n/g, '');
  const bytes = unfolded.replaceAll(/(?:=[0-9A-F]{2})+/g, (found) => Buffer.from(found.replaceAll('=', ''), 'hex').toString('utf8'));
  return bytes.slice(0, bytes.indexOf('text/html') === -1 ? undefined : bytes.indexOf('text/html'));
}
