/** oneDNN primitives, their memory, and what runs them. */
@NullMarked
package org.resnet4j.onednn.exec;

import org.jspecify.annotations.NullMarked;
