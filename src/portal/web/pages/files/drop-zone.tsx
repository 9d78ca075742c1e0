import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { t } from '../../i18n/language.ts';
import { tell } from '../../state/toasts.ts';
import { filesOfDrop, type Given } from '../../uploads/dropped.ts';

type DropZoneProps = {
  readonly active: boolean;
  readonly onFiles: (files: readonly Given[]) => void;
  readonly children: ComponentChildren;
};

/** Where files and folders can be dropped. The buttons above do the same for who does not drag. */
export function DropZone({ active, onFiles, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0); // enter and leave come for every element inside
  const leave = () => {
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setOver(false);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    if (event.dataTransfer === null) return;
    filesOfDrop(event.dataTransfer).then(
      (given) => given.length > 0 && onFiles(given),
      () => tell('trouble', t('files.notReadable')),
    );
  };
  if (!active) return <div class="drop">{children}</div>;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is for the pointer; the buttons above are for the keyboard
    <div
      class={`drop${isOver ? ' drop-over' : ''}`}
      onDragEnter={(event) => {
        event.preventDefault();
        depth.current++;
        setOver(true);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={leave}
      onDrop={drop}
    >
      {children}
      {isOver && (
        <div class="drop-veil">
          <Icon name="upload" />
          {t('files.dropNow')}
        </div>
      )}
    </div>
  );
}
