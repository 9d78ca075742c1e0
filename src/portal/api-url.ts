/** Where the JSON API stands. */
export const API_URL = '/api/v1';
