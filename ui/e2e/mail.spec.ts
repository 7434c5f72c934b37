import { expect, test } from './fixtures';
import { openMailbox, type Mailbox } from './mailbox';

/** A sample process: somebody asks for days off, and a colleague is told by a mail that decides. */
const leave = (code: string, decides: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:idm="urn:provost:idm:1" id="d" targetNamespace="urn:provost:sample">
  <process id="${code}" name="Leave of absence" isExecutable="true">
    <extensionElements>
      <idm:process type="request"/><idm:acl initiators="*"/><idm:attribute name="days" label="Days" type="number"/>
    </extensionElements>
    <startEvent id="start" name="Ask"><extensionElements><idm:form><idm:field name="days" required="true"/></idm:form></extensionElements></startEvent>
    <sequenceFlow id="f1" sourceRef="start" targetRef="decide"/>
    <userTask id="decide" name="Decide"><extensionElements>
      <idm:task title="#{days} days off for #{requesterName}" due="P7D"/><idm:assignment expression="${decides}"/>
      <idm:form><idm:field name="days" label="Days" readOnly="true"/></idm:form>
      <idm:mail subject="Leave of #{requesterName}" shortcut="true">Please decide about #{days} days off.</idm:mail>
    </extensionElements></userTask>
    <sequenceFlow id="yes" name="Approve" sourceRef="decide" targetRef="done"/>
    <sequenceFlow id="no" name="Refuse" sourceRef="decide" targetRef="refused"/>
    <endEvent id="done" name="Done"/><endEvent id="refused" name="Refused"/>
  </process>
</definitions>`;

let mailbox: Mailbox;
test.beforeEach(async () => { mailbox = await openMailbox(); });
test.afterEach(async () => mailbox.close());

test('a request is refused from a mail, without signing in, and only once', async ({ page, api, ready, browser, looksRight, context }) => {
  const [colleague] = await api.get<{ id: string; userName: string; email: string }[]>('/users', { filter: 'userName ne "admin" and active eq true and email pr', size: '1' });
  if (colleague === undefined) throw new Error('the sample organisation has nobody with a mail address');
  for (const [name, value] of Object.entries({ 'mail.host': '127.0.0.1', 'mail.port': String(mailbox.port), 'mail.from': 'provost@example.org' })) {
    await api.send('POST', '/parameters', { name, value });
  }
  const uploaded = await context.request.post('/api/v1/process-definitions?file=leave.bpmn', {
    data: leave('leave-by-mail', colleague.userName), headers: { 'Content-Type': 'application/xml', Origin: ready.url },
  });
  expect(uploaded.ok(), await uploaded.text()).toBe(true);
  const asked = (await api.send('POST', '/processes', { definition: 'leave-by-mail', values: { days: 3 } })) as { id: string };

  const letter = () => mailbox.letters.find(({ to }) => to.toLowerCase() === colleague.email.toLowerCase());
  await expect.poll(letter, { timeout: 30_000 }).toBeTruthy();
  expect(letter()?.text).toContain('Please decide about 3 days off.');
  const link = /https?:\/\/\S+\/decide\/\S+/.exec(letter()?.text ?? '')?.[0] ?? '';
  expect(link).toContain(ready.url);

  // A browser that knows nothing of Provost.
  await context.clearCookies();
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('3 days off for');
  await looksRight('mail-link');
  await page.getByLabel('Comment').fill('Not this month.');
  await page.getByRole('button', { name: 'Refuse' }).click();
  await expect(page.getByRole('status')).toHaveText('Thank you. Your decision is kept.');
  await looksRight('mail-link-done');
  await page.goto(link);
  await expect(page.getByRole('status')).toContainText('used already');
  await expect(page.getByRole('button')).toHaveCount(0);

  // What became of it, as the administrator sees it.
  const desk = await browser.newContext({ baseURL: ready.url, storageState: { cookies: [], origins: [] } });
  const answer = await desk.request.post('/api/v1/session', { data: { userName: ready.user, password: ready.password }, headers: { Origin: ready.url } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await expect.poll(async () => (await (await desk.request.get(`/api/v1/processes/${asked.id}`)).json() as { status: string }).status, { timeout: 15_000 }).toBe('completed');
  await desk.close();
});
