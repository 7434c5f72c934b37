import { Anchor, Avatar, Button, CloseButton, FileButton, Group, Input, Stack, Text } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldChrome, type FieldProps } from './Field';

/** A file as it travels in JSON: base64 without a prefix; photos and binaries may also be the bare base64 text. */
export interface FileValue {
  name: string;
  mediaType: string;
  data: string;
}

/** Larger files belong into a document store, not into an attribute. */
const largest = 5 * 1024 * 1024;

function filesOf(value: unknown): FileValue[] {
  const all = Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
  return all.map((file) => (typeof file === 'string' ? { name: '', mediaType: 'application/octet-stream', data: file } : (file as FileValue)));
}

async function readFile(file: File): Promise<FileValue> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { name: file.name, mediaType: file.type || 'application/octet-stream', data: btoa(binary) };
}

/** Photos show themselves, other files their name; both can be replaced, taken away and downloaded. */
export function FileField(props: FieldProps) {
  const { attribute, value, onChange, readOnly = false } = props;
  const { label, description, error, withAsterisk } = { label: '', description: undefined, ...useFieldChrome(props) };
  const { t } = useTranslation('form');
  const [tooLarge, setTooLarge] = useState(false);
  const many = attribute.multiValued ?? false;
  const photo = attribute.type === 'photo';
  const files = filesOf(value);

  const emit = (changed: FileValue[]) => {
    const plain = changed.map((file) => (attribute.type === 'attachment' ? file : file.data));
    onChange(many ? plain : (plain[0] ?? null));
  };

  const add = async (file: File | null) => {
    if (file === null) return;
    setTooLarge(file.size > largest);
    if (file.size <= largest) emit(many ? [...files, await readFile(file)] : [await readFile(file)]);
  };

  return (
    <Input.Wrapper
      label={label}
      description={description}
      error={tooLarge ? t('fileTooLarge', { megabytes: largest / 1024 / 1024 }) : error}
      withAsterisk={withAsterisk}
      labelElement="div"
    >
      <Group gap="sm" mt={4}>
        {photo ? <Avatar size={56} radius="md" alt={label} src={files[0] ? `data:image/*;base64,${files[0].data}` : null} /> : null}
        <Stack gap={2}>
          {files.map((file, index) => (
            <Group key={`${file.name}-${file.data.length}`} gap={4}>
              {photo ? null : (
                <Anchor size="sm" download={file.name || attribute.name} href={`data:application/octet-stream;base64,${file.data}`}>
                  <IconDownload size={14} aria-hidden /> {file.name || t('file')}
                </Anchor>
              )}
              {photo ? <Text size="sm" c="dimmed">{file.name}</Text> : null}
              {readOnly ? null : (
                <CloseButton size={24} aria-label={t('removeFile', { name: file.name || label })} onClick={() => emit(files.filter((_, at) => at !== index))} />
              )}
            </Group>
          ))}
          {readOnly ? null : (
            <FileButton onChange={(file) => void add(file)} accept={photo ? 'image/*' : undefined}>
              {(button) => (
                <Button {...button} variant="default" w="fit-content" leftSection={<IconUpload size={14} aria-hidden />}>
                  {files.length > 0 && !many ? t('replaceFile') : t('chooseFile')}
                </Button>
              )}
            </FileButton>
          )}
        </Stack>
      </Group>
    </Input.Wrapper>
  );
}
