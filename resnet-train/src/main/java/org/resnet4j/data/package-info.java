/** Image data: readers, transforms and batches. */
@NullMarked
package org.resnet4j.data;

import org.jspecify.annotations.NullMarked;
