// The notices' entry in the console's navigation: there before their page is loaded.
export const noticesNav = { vi: 'Tin báo cho dân', en: 'Notices' } as const;
