import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

type Common = { readonly look?: ButtonLook; readonly icon?: IconName; readonly small?: boolean };

type ButtonProps = Common &
  Omit<JSX.IntrinsicElements['button'], 'icon' | 'class' | 'type'> & { readonly children: ComponentChildren };

/** A button with words. */
export function Button({ look = 'plain', icon, small = false, children, ...rest }: ButtonProps) {
  return (
    <button type="button" class={classOf(look, small)} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

type IconButtonProps = Omit<JSX.IntrinsicElements['button'], 'icon' | 'class' | 'type' | 'label'> & {
  readonly icon: IconName;
  /** What it does: its name for a screen reader, and shown where the pointer rests. */
  readonly label: string;
  readonly look?: ButtonLook;
};

/** A button that is only a sign. */
export function IconButton({ icon, label, look = 'quiet', ...rest }: IconButtonProps) {
  return (
    <button type="button" class={`${classOf(look, false)} button-icon`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

type LinkButtonProps = Common & {
  readonly href: string;
  /** The name under which it is kept. */
  readonly download?: string;
  readonly onClick?: (event: MouseEvent) => void;
  readonly children: ComponentChildren;
};

/** A link that looks like a button: to another page, or to a download. */
export function LinkButton({
  look = 'plain',
  icon,
  small = false,
  href,
  download,
  onClick,
  children,
}: LinkButtonProps) {
  return (
    <a class={classOf(look, small)} {...{ href, download, onClick }}>
      {icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

function classOf(look: ButtonLook, small: boolean): string {
  return `button button-${look}${small ? ' button-small' : ''}`;
}
