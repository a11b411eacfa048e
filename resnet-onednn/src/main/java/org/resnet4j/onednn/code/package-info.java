/** Machine code of our own, for what no primitive does well (docs/adr/0012). */
@NullMarked
package org.resnet4j.onednn.code;

import org.jspecify.annotations.NullMarked;
