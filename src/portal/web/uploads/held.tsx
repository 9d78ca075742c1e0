import { useRef } from 'preact/hooks';
import type { HeldUploads as Held } from '../../schemas/files.ts';
import { api } from '../api/client.ts';
import { useLoaded } from '../api/loaded.ts';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { Progress } from '../components/progress.tsx';
import { bytes, dateTime, t } from '../i18n/language.ts';
import { nameOf, parentOf } from '../pages/files/paths.ts';
import { tell } from '../state/toasts.ts';
import { filesOfInput } from './dropped.ts';
import { addUploads, uploads } from './manager.ts';
import { abandon } from './send.ts';

type Item = Held['items'][number];

/** Uploads of earlier visits that the gateway holds a part of: choosing the same file goes on with it. */
export function HeldUploads() {
  const { value, reload } = useLoaded<Held>(`held ${uploads.value.length}`, (signal) =>
    api<Held>('GET', '/uploads', { signal }),
  );
  const running = new Set(uploads.value.map(({ path }) => path));
  const items = (value?.items ?? []).filter(({ path }) => !running.has(path));
  if (items.length === 0) return null;
  return (
    <section class="card" aria-label={t('files.unfinished')}>
      <h2>{t('files.unfinished')}</h2>
      <p class="muted">{t('files.unfinishedLead')}</p>
      <ul class="held">
        {items.map((item) => (
          <HeldItem key={item.path} item={item} onGone={reload} />
        ))}
      </ul>
    </section>
  );
}

function HeldItem({ item, onGone }: { readonly item: Item; readonly onGone: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const name = nameOf(item.path);
  const take = () => {
    const element = input.current;
    if (element === null) return;
    const given = filesOfInput(element);
    element.value = '';
    if (given[0] === undefined) return;
    if (given[0].file.name.normalize('NFC') !== name) tell('trouble', t('files.otherFile', { name }));
    else addUploads(parentOf(item.path), given, new Map());
  };
  return (
    <li class="held-item">
      <Icon name="file" />
      <div class="grow">
        <strong>{name}</strong>{' '}
        <span class="muted small">
          {parentOf(item.path)} · {dateTime(item.modified)}
        </span>
        <Progress
          share={item.total === null ? undefined : item.offset / item.total}
          label={t('files.held', { name })}
        />
        <span class="muted small">
          {item.total === null
            ? bytes(item.offset)
            : t('files.ofTotal', { part: bytes(item.offset), total: bytes(item.total) })}
        </span>
      </div>
      <input ref={input} type="file" hidden aria-label={t('files.chooseSame', { name })} onChange={take} />
      <Button icon="play" onClick={() => input.current?.click()}>
        {t('files.goOn')}
      </Button>
      <Button look="quiet" icon="trash" onClick={() => void abandon(item.path).then(onGone)}>
        {t('files.forget')}
      </Button>
    </li>
  );
}
