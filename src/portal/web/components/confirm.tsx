import type { ComponentChildren } from 'preact';
import { t } from '../i18n/language.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

type ConfirmProps = {
  readonly title: string;
  /** What happens then, in one sentence or two. */
  readonly children: ComponentChildren;
  /** What the button does, as a verb. */
  readonly action: string;
  readonly danger?: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
};

/** A question before something that cannot be undone. */
export function Confirm({ title, children, action, danger = false, onYes, onNo }: ConfirmProps) {
  return (
    <Dialog
      title={title}
      onClose={onNo}
      actions={
        <>
          <Button onClick={onNo}>{t('shell.cancel')}</Button>
          <Button look={danger ? 'danger' : 'primary'} onClick={onYes}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
