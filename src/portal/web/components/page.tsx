import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/language.ts';

type PageProps = {
  readonly title: string;
  /** One sentence under the title: what this page is for. */
  readonly lead?: string | undefined;
  /** Above the title, such as the way down to a folder. */
  readonly above?: ComponentChildren;
  /** Beside the title, such as badges. */
  readonly beside?: ComponentChildren;
  /** Buttons on the right. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
};

/** A page with its title, which takes the focus when the page is opened: a screen reader says where one is. */
export function Page({ title, lead, above, beside, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${t('shell.product')}`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <div class="page">
      {above}
      <div class="page-head">
        <div class="page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {beside}
        </div>
        {actions !== undefined && <div class="row">{actions}</div>}
      </div>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {children}
    </div>
  );
}
