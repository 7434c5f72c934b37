import { send } from '@/api/resource';

/** The head and first rows of a CSV file: enough to map its columns. */
export interface CsvPreview {
  columns: string[];
  rows: string[][];
  separator: string;
}

/** The separator that cuts the first line into most pieces; spreadsheets of half of Europe write semicolons. */
function guessSeparator(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  return [',', ';', '\t'].reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best), ',');
}

/** Reads the first rows of a CSV file (RFC 4180: quotes doubled, line breaks allowed inside quotes). */
export function previewCsv(source: string, limit = 5): CsvPreview {
  const text = source.replace(/^\uFEFF/, '');
  const separator = guessSeparator(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length && rows.length <= limit; at++) {
    const char = text.charAt(at);
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === separator) {
      row.push(cell);
      cell = '';
    } else if (char === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += char;
  }
  if ((cell !== '' || row.length > 0) && rows.length <= limit) rows.push([...row, cell]);
  const [columns = [], ...body] = rows;
  return { columns, rows: body.slice(0, limit), separator };
}

/** Hands a file to the browser's downloads. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the blob after this turn; freeing it at once would cancel the download.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Downloads an address as a file. All rows come, never the page: the server streams them. */
export async function downloadCsv(url: string, name: string): Promise<void> {
  const response = await send('GET', url, { accept: 'text/csv' });
  saveFile(await response.blob(), name);
}
