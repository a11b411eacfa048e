/** What other programs call the parameters of a residual network. */
@NullMarked
package org.resnet4j.keymapping;

import org.jspecify.annotations.NullMarked;
