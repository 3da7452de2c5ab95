/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_PAGE_H
#define JURIST_PAGE_H

/*
 * matrix.css and matrix.js, so that a page is one file: made by CMake.
 */

extern const char page_style[];
extern const char page_script[];

#endif
