// The entry in the console's navigation: there before the page is loaded.
export const signersNav = { vi: 'Người ký văn bản', en: 'Document signers' } as const;
