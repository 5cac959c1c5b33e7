// The connectors' entry in the console's navigation: there before their pages are loaded.
export const linksNav = { vi: 'Kết nối đối tác', en: 'Partners' } as const;
