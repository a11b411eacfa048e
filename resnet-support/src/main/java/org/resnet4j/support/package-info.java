/**
 * What several modules need and no module owns: JSON, files that are written whole or not at all,
 * checksums, suggestions for misspelt names. It is no API and changes without notice.
 */
@NullMarked
package org.resnet4j.support;

import org.jspecify.annotations.NullMarked;
