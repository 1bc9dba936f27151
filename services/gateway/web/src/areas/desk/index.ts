// The daily work of a venue's desk: bookings that come in, the door, rosters, day sheets, figures. Part of the staff's home.
import type { RouteRecordRaw } from 'vue-router';
import type { NavItem } from '@/shell/areas';

export const deskRoutes: RouteRecordRaw[] = [];
export const deskNav: NavItem[] = [];
