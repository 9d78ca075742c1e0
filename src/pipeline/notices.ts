import type { Current } from '../domain/current.ts';
import type { Generation } from '../domain/generation.ts';
import type { PartnerId } from '../domain/principal.ts';
import { type NoticeFacts, noticeJson, noticeName, noticeXml } from '../evidence/notice.ts';
import type { TextOf } from '../evidence/notification.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import { answerFiles, keepingFiles, type SealedFiles } from './sealed-files.ts';
import { publishAnswers } from './submission-commands.ts';

type Parts = { readonly sealed: SealedFiles; readonly textOf: TextOf; readonly generation: Current<Generation> };

/** Makes signed notices in the format and language of a partner. */
export class Notices {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The commands that put it into the mailbox; none where the partner is gone: the hub alone is told. */
  async commands(
    to: PartnerId,
    about: Omit<NoticeFacts, 'language' | 'generation'>,
  ): Promise<readonly LedgerCommand[]> {
    const { sealed, textOf, generation } = this.#parts;
    const partner = generation.value.partners.find(({ id }) => id === to);
    if (partner === undefined) return [];
    const { environment, createdAt } = about;
    const facts: NoticeFacts = { ...about, language: partner.language, generation: generation.value.id };
    const files =
      partner.answerFormat === 'rsz-xml'
        ? await sealed.asSet('NOTI', await sealed.write(noticeXml(facts, textOf)), environment, createdAt)
        : await sealed.withSignature(noticeName(facts), await sealed.write([noticeJson(facts, textOf)]));
    const answer = { files: answerFiles(files), kept: keepingFiles(files) };
    return publishAnswers(partner, about, answer, createdAt);
  }
}
