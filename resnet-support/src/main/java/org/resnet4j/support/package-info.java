/**
 * Utilities that several modules share: JSON, atomic files, checksums, suggestions for misspelt
 * names. The package is no API and changes without notice.
 */
@NullMarked
package org.resnet4j.support;

import org.jspecify.annotations.NullMarked;
