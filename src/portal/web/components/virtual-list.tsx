import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

type VirtualListProps<Item> = {
  readonly items: readonly Item[];
  /** All rows are equally high, in CSS pixels. */
  readonly rowHeight: number;
  readonly row: (item: Item, index: number) => ComponentChildren;
  /** Kept in view, such as the row that has the focus. */
  readonly shownIndex?: number | undefined;
  readonly attributes?: JSX.IntrinsicElements['div'];
};

/** Rows beyond the edges that are drawn as well, so that scrolling shows no gaps. */
const BEYOND = 12;

/** A list of any length of which only what is in sight is in the document: 10,000 rows cost as much as 40. */
export function VirtualList<Item>({ items, rowHeight, row, shownIndex, attributes }: VirtualListProps<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (element === null || shownIndex === undefined || shownIndex < 0) return;
    const [top, bottom] = [shownIndex * rowHeight, (shownIndex + 1) * rowHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }, [shownIndex, rowHeight]);
  const first = Math.max(0, Math.floor(sight.top / rowHeight) - BEYOND);
  const end = Math.min(items.length, Math.ceil((sight.top + sight.height) / rowHeight) + BEYOND);
  return (
    <div
      ref={box}
      class="virtual"
      onScroll={(event) => setSight({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      {...attributes}
    >
      <div class="virtual-all" role="presentation" style={{ height: `${items.length * rowHeight}px` }}>
        <div class="virtual-seen" role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, end).map((item, index) => row(item, first + index))}
        </div>
      </div>
    </div>
  );
}
