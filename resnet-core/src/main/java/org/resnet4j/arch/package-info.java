/** Residual architectures as rows of data: no framework, only {@code java.base}. */
@NullMarked
package org.resnet4j.arch;

import org.jspecify.annotations.NullMarked;
