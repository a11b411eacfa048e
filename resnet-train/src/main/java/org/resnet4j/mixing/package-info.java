/** Random combinations of the images of a batch and of their labels. */
@NullMarked
package org.resnet4j.mixing;

import org.jspecify.annotations.NullMarked;
