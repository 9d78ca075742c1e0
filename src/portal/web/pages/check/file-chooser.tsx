import { useRef, useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { t } from '../../i18n/language.ts';

type FileChooserProps = { readonly disabled: boolean; readonly onFile: (file: File) => void };

/** One file, chosen or dropped. */
export function FileChooser({ disabled, onFile }: FileChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (file !== undefined && !disabled) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is for the pointer; the button is for the keyboard
    <div
      class={`check-drop${isOver ? ' check-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <input
        ref={input}
        type="file"
        hidden
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = ''; // the same file can be checked again
        }}
      />
      <Button look="primary" icon="file" disabled={disabled} onClick={() => input.current?.click()}>
        {t('check.choose')}
      </Button>
      <span class="muted">{t('check.drop')}</span>
    </div>
  );
}
