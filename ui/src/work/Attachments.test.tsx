import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { draw, serve } from '@/testing/stage';
import { Attachments, fileSize } from './Attachments';

test.each([[0, 'en', '0 byte'], [999, 'en', '999 byte'], [1000, 'en', '1 kB'], [1540, 'en', '1.5 kB'], [1540, 'es', '1,5 kB'], [15_400, 'en', '15 kB'], [2_000_000, 'en', '2 MB']])('%i bytes in %s are %s', (bytes, language, text) => {
  expect(fileSize(bytes, language)).toBe(text);
});

const letter = { id: '5', name: 'letter.pdf', size: 1540, author: 'anna', at: '2031-05-04T12:00:00Z', mediaType: 'application/pdf' };

test('a file goes to its task under its name', async () => {
  const documents: object[] = [];
  const { changes } = serve({
    'GET /processes/11/documents': () => documents,
    'POST /tasks/21/documents': () => {
      documents.push(letter);
      return letter;
    },
  });
  draw(<Attachments processId="11" taskId="21" open />);
  expect(await screen.findByText('Nothing is attached.')).toBeDefined();
  const input = document.querySelector('input[type=file]');
  await userEvent.upload(input as HTMLInputElement, new File(['sample text'], 'letter.pdf', { type: 'application/pdf' }));
  expect((await screen.findByRole('listitem')).textContent).toContain('1.5 kB · anna');
  expect(changes()).toEqual([{ what: 'POST /tasks/21/documents', query: { name: 'letter.pdf' }, body: 'sample text' }]);
});

test('a file is taken away only after a question', async () => {
  const { changes } = serve({ 'GET /processes/11/documents': [letter], 'DELETE /process-documents/5': {} });
  draw(<Attachments processId="11" open />);
  await userEvent.click(await screen.findByRole('button', { name: 'Remove letter.pdf' }));
  const dialog = await screen.findByRole('dialog', { name: 'Remove letter.pdf?' });
  expect(changes()).toEqual([]);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));
  await waitFor(() => expect(changes().map(({ what }) => what)).toEqual(['DELETE /process-documents/5']));
});

test('of a process that is over, files are read and nothing else', async () => {
  serve({ 'GET /processes/11/documents': [letter] });
  draw(<Attachments processId="11" open={false} />);
  expect(await screen.findByRole('button', { name: 'letter.pdf' })).toBeDefined();
  expect(screen.getByText('Nothing can be attached here.')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Remove letter.pdf' })).toBeNull();
});
