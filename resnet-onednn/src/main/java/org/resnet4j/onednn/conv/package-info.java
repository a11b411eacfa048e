/** The kernels that compute convolutions. */
@NullMarked
package org.resnet4j.onednn.conv;

import org.jspecify.annotations.NullMarked;
